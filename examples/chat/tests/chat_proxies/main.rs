//! The chat behind the proxies of OPERATING.md, with its words: whoever copies them must find that they work. Each scene
//! is played behind each of them, over TLS.

mod admin;
mod behind;
mod coming;
mod programs;
mod staying;

/// The scenes, as tests of a proxy's own.
macro_rules! behind {
    ($proxy:ident, $kind:expr, [$($scene:path as $name:ident),* $(,)?]) => {
        mod $proxy {
            $(
                #[test]
                fn $name() {
                    $scene($kind);
                }
            )*
        }
    };
}

macro_rules! behind_each {
    ($scenes:tt) => {
        behind!(nginx, crate::behind::Kind::Nginx, $scenes);
        behind!(caddy, crate::behind::Kind::Caddy, $scenes);
        behind!(haproxy, crate::behind::Kind::HaProxy, $scenes);
    };
}

behind_each!([
    crate::coming::people_are_reached_and_known as people_are_reached_and_known,
    crate::coming::each_client_of_another_proxy_is_counted as each_client_of_another_proxy_is_counted,
    crate::coming::other_names_and_origins_are_turned_away as other_names_and_origins_are_turned_away,
    crate::coming::nobody_comes_without_tls as nobody_comes_without_tls,
    crate::programs::programs_post_and_wait as programs_post_and_wait,
    crate::staying::pictures_come_and_go as pictures_come_and_go,
    crate::staying::a_restart_is_over_when_the_chat_is_back as a_restart_is_over_when_the_chat_is_back,
    crate::staying::silence_is_not_cut_off as silence_is_not_cut_off,
    crate::admin::the_admin_page_is_for_some_addresses as the_admin_page_is_for_some_addresses,
]);
