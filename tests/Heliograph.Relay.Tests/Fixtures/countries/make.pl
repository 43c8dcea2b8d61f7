# Writes the databases beside this file, with MaxMind's own writer (Debian: libmaxmind-db-writer-perl). mmdblookup (mmdb-bin) reads them.
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my %types = (
    country => 'map', registered_country => 'map', iso_code => 'utf8_string', names => 'map', en => 'utf8_string', geoname_id => 'uint32',
    is_in_european_union => 'boolean',
);

sub tree {
    my ($version, $size) = @_;
    return MaxMind::DB::Writer::Tree->new(
        ip_version => $version, record_size => $size, database_type => 'Test-Country', languages => ['en'],
        description => { en => 'Addresses of documentation, in three countries' }, remove_reserved_networks => 0,
        ($version == 6 ? (alias_ipv6_to_ipv4 => 1) : ()), map_key_type_callback => sub { $types{$_[0]} });
}

sub save {
    my ($tree, $name) = @_;
    open my $file, '>:raw', "countries-$name.mmdb" or die $!;
    $tree->write_tree($file);
    close $file;
}

my $iran = { iso_code => 'IR', geoname_id => 130758, names => { en => 'Iran' } };
for my $size (24, 28, 32) {
    my $tree = tree(6, $size);
    my $ir = { country => $iran, registered_country => $iran };
    my $de = { country => { iso_code => 'DE', is_in_european_union => 1, names => { en => 'Germany' } } };
    $tree->insert_network('192.0.2.0/25', $ir);
    $tree->insert_network('192.0.2.128/32', $de);
    $tree->insert_network('198.51.100.0/24', { registered_country => { iso_code => 'MM', names => { en => 'Myanmar' } } });
    $tree->insert_network('203.0.113.0/24', { names => { en => 'nowhere' } });
    $tree->insert_network('2001:db8::/48', $de);
    $tree->insert_network('2001:db8:1::/48', $ir);
    save($tree, $size);
}
my $tree = tree(4, 24);
$tree->insert_network('192.0.2.0/25', { country => { iso_code => 'IR' } });
save($tree, 'ipv4');
