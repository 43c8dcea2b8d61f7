#!/usr/bin/perl
# Replaces systemd where it is not the first process: holds listening sockets, starts a service with them, and restarts it on request.
# Usage: service-manager.pl ADDRESS:PORT... -- COMMAND...      (an address that begins with udp: is a datagram socket, and one that
# begins with v6only: takes IPv6 only)
# SIGUSR1: systemctl restart. SIGHUP: systemctl reload. SIGTERM: systemctl stop. Other variables of sd_notify(3) are set by the caller.
use strict;
use warnings;
use POSIX ();
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_IPV6 IPV6_V6ONLY);

use constant FIRST => 3;      # SD_LISTEN_FDS_START
use constant ASIDE => 50;     # above every descriptor that perl has open

$| = 1;
$^F = 255;                    # descriptors stay open in the service
my @sockets;
while (@ARGV && (my $address = shift @ARGV) ne '--') {
    my ($kind, $host, $port) = $address =~ /^(udp:|v6only:)?\[?([\d.:]+?)\]?:(\d+)$/ or die "service-manager: $address is no address\n";
    my ($udp, $six) = (($kind // '') eq 'udp:', $host =~ /:/);
    socket(my $socket, $six ? PF_INET6 : PF_INET, $udp ? SOCK_DGRAM : SOCK_STREAM, 0) or die "socket: $!\n";
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, $kind ? 1 : 0) if $six;
    my $local = $six ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $host)) : pack_sockaddr_in($port, inet_aton($host));
    bind($socket, $local) or die "bind $address: $!\n";
    $udp or listen($socket, 4096) or die "listen $address: $!\n";
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
