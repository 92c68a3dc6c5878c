//! Which addresses a member's target may have, one by one: from IANA's registries of special addresses, and from what clouds tell
//! their own machines.

use std::net::IpAddr;

use crate::sender::address::is_open;

const CLOSED: &str = "
    0.0.0.0              this machine, on Linux
    0.1.2.3              this network
    10.0.0.0             private
    10.255.255.255       private
    100.64.0.0           shared
    100.100.100.200      shared; Alibaba tells its machines their keys there
    100.127.255.255      shared
    127.0.0.1            loopback
    127.255.255.254      loopback
    168.63.129.16        Azure, for its machines alone
    169.254.0.1          link-local
    169.254.169.254      link-local; Amazon and others tell their machines their keys there
    169.254.170.2        link-local; the same for containers
    172.16.0.0           private
    172.31.255.255       private
    192.0.0.1            protocols
    192.0.0.170          protocols: how NAT64 is found
    192.0.0.192          protocols; Oracle tells its machines their keys there
    192.0.2.1            documentation
    192.88.99.1          6to4 relays
    192.168.0.1          private
    192.168.255.255      private
    198.18.0.0           benchmarks
    198.19.255.255       benchmarks
    198.51.100.7         documentation
    203.0.113.255        documentation
    224.0.0.1            multicast
    239.255.255.250      multicast
    240.0.0.1            reserved
    255.255.255.254      reserved
    255.255.255.255      broadcast
    ::                   unspecified
    ::1                  loopback
    ::2                  compatible with 0.0.0.2
    ::127.0.0.1          compatible
    ::8.8.8.8            compatible
    ::ffff:127.0.0.1     mapped
    ::ffff:10.0.0.1      mapped
    ::ffff:169.254.169.254  mapped
    ::ffff:8.8.8.8       mapped
    ::ffff:0:127.0.0.1   translated (SIIT)
    64:ff9b::127.0.0.1   NAT64
    64:ff9b::10.0.0.1    NAT64
    64:ff9b::8.8.8.8     NAT64
    64:ff9b:1::10.0.0.1  NAT64 of a network
    64:ff9b:1:ffff::1    NAT64 of a network
    100::1               discarded
    100:0:0:1::1         dummy
    2001::1              Teredo
    2001:0:7f00:1::1     Teredo of 127.0.0.1
    2001:0:4136:e378:8000:63bf:f5ff:fffe  Teredo of 10.0.0.1
    2001:2::1            benchmarks
    2001:10::1           ORCHID
    2001:20::1           ORCHIDv2
    2001:db8::1          documentation
    2001:db8:ffff:ffff:ffff:ffff:ffff:ffff  documentation
    2002:7f00:1::1       6to4 of 127.0.0.1
    2002:a00:1::1        6to4 of 10.0.0.1
    2002:c0a8:101::1     6to4 of 192.168.1.1
    2002:808:808::1      6to4 of 8.8.8.8
    3fff::1              documentation
    3fff:fff::1          documentation
    4000::1              not given out
    5f00::1              segment routing
    fc00::1              unique local
    fd00:ec2::254        unique local; Amazon tells its machines their keys there
    fdff:ffff::1         unique local
    fe80::1              link-local
    febf::1              link-local
    fec0::1              site-local
    feff::1              site-local
    ff02::1              multicast
    ff0e::1              multicast
";

const OPEN: &str = "
    1.1.1.1         9.255.255.255   11.0.0.0        100.63.255.255  100.128.0.0     126.255.255.255 128.0.0.1
    168.63.129.15   168.63.129.17   169.253.255.255 169.255.0.0     172.15.255.255  172.32.0.0      191.255.255.255
    192.0.1.0       192.0.3.0       192.88.98.255   192.88.100.0    192.167.255.255 192.169.0.0     198.17.255.255
    198.20.0.0      198.51.99.255   198.51.101.0    203.0.112.255   203.0.114.0     223.255.255.255 159.203.148.75
    2001:200::1     2001:4860:4860::8888            2003::1         2606:4700:4700::1111            2a00::1
    3ffe::1         3fff:1000::1    2001:db7:ffff::1                2001:db9::1
";

#[test]
fn what_is_special_is_closed() {
    let rows: Vec<&str> = CLOSED.lines().filter(|line| !line.is_empty()).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    for row in rows {
        let address = row.split_whitespace().next().expect("an address");
        assert!(!is_open(read(address)), "{row}");
    }
}

#[test]
fn what_lies_beside_it_is_open() {
    for address in OPEN.split_whitespace() {
        assert!(is_open(read(address)), "{address}");
    }
}

fn read(address: &str) -> IpAddr {
    address.parse().unwrap_or_else(|_| panic!("{address}"))
}
