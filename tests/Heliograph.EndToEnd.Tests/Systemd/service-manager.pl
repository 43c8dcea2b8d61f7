#!/usr/bin/perl
# Replaces systemd where it is not the first process: holds listening sockets, starts a service with them, and restarts it on request.
# Usage: service-manager.pl ADDRESS:PORT... -- COMMAND...      (an address that begins with udp: is a datagram socket)
# SIGUSR1: systemctl restart. SIGHUP: systemctl reload. SIGTERM: systemctl stop. Other variables of sd_notify(3) are set by the caller.
use strict;
use warnings;
use POSIX ();
use Socket;

use constant FIRST => 3;      # SD_LISTEN_FDS_START
use constant ASIDE => 50;     # above every descriptor that perl has open

$| = 1;
$^F = 255;                    # descriptors stay open in the service
my @sockets;
while (@ARGV && (my $address = shift @ARGV) ne '--') {
    my ($kind, $host, $port) = $address =~ /^(udp:)?([\d.]+):(\d+)$/ or die "service-manager: $address is no address\n";
    socket(my $socket, PF_INET, $kind ? SOCK_DGRAM : SOCK_STREAM, 0) or die "socket: $!\n";
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($socket, pack_sockaddr_in($port, inet_aton($host))) or die "bind $address: $!\n";
    $kind or listen($socket, 4096) or die "listen $address: $!\n";
    push @sockets, $socket;
}

my ($service, $again) = (0, 0);
$SIG{USR1} = sub { $again = 1; kill 'TERM', $service if $service };
$SIG{HUP} = sub { kill 'HUP', $service if $service };
$SIG{TERM} = sub { kill 'TERM', $service if $service };
do {
    $again = 0;
    $service = fork() // die "fork: $!\n";
    start() if $service == 0;
    print "service-manager: started $service\n";
    1 while waitpid($service, 0) != $service;
    printf "service-manager: ended with %d, signal %d\n", $? >> 8, $? & 127;
} while ($again);
exit($? >> 8 || $? & 127);

sub start {
    $SIG{USR1} = $SIG{HUP} = $SIG{TERM} = 'DEFAULT';
    POSIX::dup2(fileno($sockets[$_]), ASIDE + $_) for 0 .. $#sockets;
    POSIX::dup2(ASIDE + $_, FIRST + $_) for 0 .. $#sockets;
    POSIX::close($_) for FIRST + @sockets .. ASIDE + @sockets;
    $ENV{LISTEN_PID} = $$;
    $ENV{LISTEN_FDS} = @sockets;
    $ENV{LISTEN_FDNAMES} = join ':', ('heliograph.socket') x @sockets;
    exec { $ARGV[0] } @ARGV or POSIX::_exit(127);
}
