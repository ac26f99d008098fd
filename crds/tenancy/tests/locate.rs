//! Who answers a request, and which URLs name them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::num::NonZeroU32;

use acervo_tenancy::{
    Address, Asked, Collection, Images, KeptAddresses, KeptKind, LanguageMap, Located, Locator,
    TABLE_VERSION, Template, Tenant, TenantTable, Values,
};

/// An address from `host`, `origin` and `prefix`; `*` and the empty text stand for none.
fn address(host: &str, origin: &str, prefix: &str) -> Address {
    let some = |text: &str, none: &str| (text != none).then(|| text.to_owned());
    Address {
        host: some(host, "*"),
        origin: some(origin, ""),
        prefix: prefix.to_owned(),
    }
}

fn tenant(name: &str, addresses: Vec<Address>) -> Tenant {
    Tenant {
        name: name.parse().unwrap(),
        display_name: LanguageMap::from([("es", name)]),
        homepage: None,
        default_language: Default::default(),
        addresses,
        kept: Default::default(),
        pages: Default::default(),
        images: Images::default(),
        suspended: false,
        collections: Vec::new(),
    }
}

fn table(lists_institutions: bool, tenants: Vec<Tenant>) -> TenantTable {
    TenantTable {
        version: TABLE_VERSION,
        language: Default::default(),
        lists_institutions,
        tenants,
    }
}

/// By path on any host, as on one machine: `biblioteca` also has a host of its own.
fn one_machine() -> TenantTable {
    table(
        true,
        vec![
            tenant(
                "biblioteca",
                vec![
                    address("*", "", "/biblioteca"),
                    address("biblioteca.example.org", "", ""),
                ],
            ),
            tenant("biblioteca-sur", vec![address("*", "", "/biblioteca-sur")]),
        ],
    )
}

/// By path on the platform's host.
fn by_path() -> TenantTable {
    let of = |name: &str| {
        address(
            "iiif.example.org",
            "https://iiif.example.org",
            &format!("/{name}"),
        )
    };
    let own = address(
        "biblioteca.example.org",
        "https://biblioteca.example.org",
        "",
    );
    table(
        false,
        vec![
            tenant("biblioteca", vec![of("biblioteca"), own]),
            tenant("biblioteca-sur", vec![of("biblioteca-sur")]),
        ],
    )
}

/// Each on a host of its own.
fn by_host() -> TenantTable {
    let of = |name: &str| {
        let host = format!("{name}.iiif.example.org");
        address(&host, &format!("https://{host}"), "")
    };
    let names = ["biblioteca", "biblioteca-sur"];
    table(false, names.map(|name| tenant(name, vec![of(name)])).into())
}

fn asked(authority: &str) -> Asked {
    Asked {
        scheme: "http",
        authority: authority.to_owned(),
    }
}

/// `name host-of-address rest`, `platform` or `nowhere`.
fn located(table: &TenantTable, authority: &str, path: &str) -> String {
    match Locator::new(table).locate(table, &asked(authority), path) {
        Located::Tenant(tenant, address, rest) => {
            format!(
                "{} {} {rest}",
                tenant.name,
                address.host.as_deref().unwrap_or("*")
            )
        }
        Located::Kept(tenant, kind, values, rest) => {
            format!("{} {kind:?} {values:?} {rest}", tenant.name)
        }
        Located::Platform => "platform".to_owned(),
        Located::Nowhere => "nowhere".to_owned(),
    }
}

fn check(table: &TenantTable, cases: &[(&str, &str, &str)]) {
    for (authority, path, expected) in cases {
        assert_eq!(
            located(table, authority, path),
            *expected,
            "{authority} {path}"
        );
    }
}

#[test]
fn on_one_machine_the_path_finds_the_institution_on_any_host() {
    check(
        &one_machine(),
        &[
            ("127.0.0.1:8080", "/biblioteca", "biblioteca * "),
            ("127.0.0.1:8080", "/biblioteca/", "biblioteca * /"),
            (
                "localhost",
                "/biblioteca/mapas/plano%20de%201898/",
                "biblioteca * /mapas/plano%20de%201898/",
            ),
            (
                "[::1]:8080",
                "/biblioteca-sur/image/3/x",
                "biblioteca-sur * /image/3/x",
            ),
            ("[::1]", "/", "platform"),
            ("127.0.0.1:8080", "", "platform"),
            ("127.0.0.1:8080", "/assets/x.css", "platform"),
        ],
    );
}

#[test]
fn a_prefix_ends_where_a_path_segment_ends() {
    check(
        &one_machine(),
        &[
            ("h", "/biblioteca-sur", "biblioteca-sur * "),
            ("h", "/biblioteca-sur/", "biblioteca-sur * /"),
            ("h", "/biblioteca-su", "platform"),
            ("h", "/bibliotecas/", "platform"),
            ("h", "/biblioteca.html", "platform"),
            ("h", "/Biblioteca/", "platform"),
            ("h", "//biblioteca/", "platform"),
            ("h", "biblioteca/", "platform"),
            ("h", "*", "platform"),
        ],
    );
}

#[test]
fn a_declared_host_is_the_institutions_from_its_root_on_any_port_and_in_any_case() {
    let cases = [
        (
            "biblioteca.example.org",
            "/",
            "biblioteca biblioteca.example.org /",
        ),
        (
            "biblioteca.example.org:8443",
            "/mapas/",
            "biblioteca biblioteca.example.org /mapas/",
        ),
        (
            "Biblioteca.EXAMPLE.org",
            "",
            "biblioteca biblioteca.example.org ",
        ),
        (
            "biblioteca.example.org.",
            "/",
            "biblioteca biblioteca.example.org /",
        ),
        (
            "biblioteca.example.org.:80",
            "/",
            "biblioteca biblioteca.example.org /",
        ),
        (
            "biblioteca.example.org",
            "/biblioteca-sur/",
            "biblioteca biblioteca.example.org /biblioteca-sur/",
        ),
    ];
    check(&one_machine(), &cases);
    check(&by_path(), &cases);
}

#[test]
fn by_path_the_platforms_host_has_institutions_and_nothing_else() {
    check(
        &by_path(),
        &[
            (
                "iiif.example.org",
                "/biblioteca/x",
                "biblioteca iiif.example.org /x",
            ),
            (
                "iiif.example.org:443",
                "/biblioteca-sur/",
                "biblioteca-sur iiif.example.org /",
            ),
            ("iiif.example.org", "/", "nowhere"),
            ("iiif.example.org", "/archivo/", "nowhere"),
        ],
    );
}

/// Health checks and port-forwards ask another host.
#[test]
fn by_path_an_undeclared_host_still_finds_an_institution_by_its_prefix() {
    check(
        &by_path(),
        &[
            (
                "10.0.0.7:8080",
                "/biblioteca-sur/",
                "biblioteca-sur iiif.example.org /",
            ),
            (
                "[fd00::7]:8080",
                "/biblioteca/",
                "biblioteca iiif.example.org /",
            ),
            ("evil.example.net", "/", "nowhere"),
        ],
    );
}

#[test]
fn by_host_only_the_host_counts() {
    check(
        &by_host(),
        &[
            (
                "biblioteca.iiif.example.org",
                "/",
                "biblioteca biblioteca.iiif.example.org /",
            ),
            (
                "biblioteca-sur.iiif.example.org",
                "/a",
                "biblioteca-sur biblioteca-sur.iiif.example.org /a",
            ),
            ("iiif.example.org", "/biblioteca/", "nowhere"),
            ("x.biblioteca.iiif.example.org", "/", "nowhere"),
            ("10.0.0.7", "/", "nowhere"),
            ("", "/", "nowhere"),
        ],
    );
}

#[test]
fn the_host_asked_is_what_stands_before_the_port() {
    for (authority, host) in [
        ("Example.org", "example.org"),
        ("example.org:8080", "example.org"),
        ("example.org.", "example.org"),
        ("example.org.:8080", "example.org"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("[FD00::7]:8080", "[fd00::7]"),
        ("", ""),
    ] {
        assert_eq!(asked(authority).host(), host, "{authority}");
    }
}

#[test]
fn a_base_url_follows_what_was_asked_unless_the_address_has_an_origin() {
    for (address, authority, url) in [
        (
            address("*", "", "/a"),
            "127.0.0.1:8080",
            "http://127.0.0.1:8080/a",
        ),
        (address("*", "", "/a"), "[::1]:8080", "http://[::1]:8080/a"),
        (address("*", "", "/a"), "[::1]", "http://[::1]/a"),
        (address("*", "", ""), "localhost", "http://localhost"),
        (
            address("a.example.org", "", ""),
            "127.0.0.1:8080",
            "http://a.example.org:8080",
        ),
        (
            address("a.example.org", "", ""),
            "[::1]:8080",
            "http://a.example.org:8080",
        ),
        (
            address("a.example.org", "", ""),
            "[::1]",
            "http://a.example.org",
        ),
        (
            address("a.example.org", "", ""),
            "a.example.org",
            "http://a.example.org",
        ),
        (
            address("a.example.org", "", ""),
            "A.example.org.:81",
            "http://a.example.org:81",
        ),
        (
            address("iiif.example.org", "https://iiif.example.org", "/a"),
            "127.0.0.1:8080",
            "https://iiif.example.org/a",
        ),
    ] {
        assert_eq!(
            address.base_url(&asked(authority)),
            url,
            "{address:?} {authority}"
        );
    }
}

#[test]
fn a_table_of_another_version_or_with_a_tenant_without_address_is_refused() {
    assert_eq!(one_machine().check(), Ok(()));
    let other = TenantTable {
        version: TABLE_VERSION + 1,
        ..one_machine()
    };
    assert!(
        other.check().unwrap_err().contains("version 3"),
        "{:?}",
        other.check()
    );
    let homeless = table(false, vec![tenant("archivo", Vec::new())]);
    assert!(
        homeless.check().unwrap_err().contains("archivo"),
        "{:?}",
        homeless.check()
    );
}

#[test]
fn a_table_reads_back_from_its_json() {
    for table in [one_machine(), by_path(), by_host()] {
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(serde_json::from_str::<TenantTable>(&json).unwrap(), table);
    }
}

/// Kept addresses on a host that two institutions share.
fn with_kept(follows_asked: bool) -> TenantTable {
    let kept = |name: &str| {
        let name = name.parse().unwrap();
        let of = |text: &str| text.parse::<Template>().unwrap().of(&name);
        KeptAddresses {
            manifest: Some(of(
                "https://imagenes.example.org/iiif/prezi/{institution}/{collection}/{item}/manifest.json",
            )),
            image: Some(of(
                "https://imagenes.example.org/iiif/img/{institution}/{collection}-{item}-{page}",
            )),
            follows_asked,
        }
    };
    let mut table = by_path();
    for tenant in &mut table.tenants {
        tenant.kept = kept(tenant.name.as_str());
        tenant.collections = ["a", "a-b"]
            .map(|name| Collection {
                name: name.parse().unwrap(),
                label: LanguageMap::default(),
                description: None,
                rights: None,
                required_statement: None,
                address_name: (name == "a").then(|| "BDC".to_owned()),
            })
            .into();
    }
    table
}

/// The institution, the collection and the item of a kept address, and what is asked of it.
fn kept(table: &TenantTable, authority: &str, path: &str) -> String {
    match Locator::new(table).locate(table, &asked(authority), path) {
        Located::Kept(tenant, kind, values, rest) => {
            let collection = tenant.kept_collection(&values).map(|c| c.name.as_str());
            let item = values.item.as_deref().unwrap_or_default();
            let page = values.page.map_or(0, NonZeroU32::get);
            let collection = collection.unwrap_or("-");
            format!("{kind:?} {} {collection} {item} {page} {rest}", tenant.name)
        }
        _ => "-".to_owned(),
    }
}

#[test]
fn kept_addresses_of_the_host_asked_come_before_all_others() {
    let here = "imagenes.example.org";
    for (authority, path, expected) in [
        (
            here,
            "/iiif/prezi/biblioteca/BDC/Plano%20n.%C2%BA%201/manifest.json",
            "Manifest biblioteca a Plano n.º 1 0 ",
        ),
        (
            "Imagenes.Example.org:443",
            "/iiif/prezi/biblioteca-sur/a-b/x/manifest.json",
            "Manifest biblioteca-sur a-b x 0 ",
        ),
        (
            here,
            "/iiif/img/biblioteca/a-b-c-d-2/full/max/0/default.jpg",
            "Image biblioteca a-b c-d 2 /full/max/0/default.jpg",
        ),
        (
            here,
            "/iiif/img/biblioteca/BDC-c-1",
            "Image biblioteca a c 1 ",
        ),
        (
            here,
            "/iiif/prezi/biblioteca/gone/x/manifest.json",
            "Manifest biblioteca - x 0 ",
        ),
        (here, "/iiif/prezi/biblioteca/BDC/x/manifest.json/", "-"),
        (here, "/iiif/prezi/Biblioteca/BDC/x/manifest.json", "-"),
        (here, "/iiif/prezi/archivo/BDC/x/manifest.json", "-"),
        (
            "iiif.example.org",
            "/iiif/prezi/biblioteca/BDC/x/manifest.json",
            "-",
        ),
    ] {
        assert_eq!(kept(&with_kept(false), authority, path), expected, "{path}");
    }
}

#[test]
fn where_no_hosts_are_known_a_kept_address_answers_on_every_host_and_is_named_on_it() {
    let (table, path) = (
        with_kept(true),
        "/iiif/prezi/biblioteca/BDC/x/manifest.json",
    );
    assert_eq!(
        kept(&table, "127.0.0.1:8080", path),
        "Manifest biblioteca a x 0 "
    );
    let values = Values {
        collection: Some("BDC".to_owned()),
        item: Some("x".to_owned()),
        ..Values::default()
    };
    for (table, origin) in [
        (table, "http://127.0.0.1:8080"),
        (with_kept(false), "https://imagenes.example.org"),
    ] {
        let url = table.tenants[0]
            .kept
            .url(KeptKind::Manifest, &asked("127.0.0.1:8080"), &values);
        assert_eq!(url, Some(format!("{origin}{path}")));
    }
}

#[test]
fn without_its_collection_a_kept_address_speaks_of_the_first_one() {
    let mut table = with_kept(false);
    let tenant = &mut table.tenants[0];
    tenant.kept.manifest = Some("https://h.example.org/m/{item}".parse().unwrap());
    let [first, second] = [0, 1].map(|index| tenant.collections[index].clone());
    let of = |kind, collection| tenant.kept_for(kind, collection).is_some();
    assert_eq!(tenant.kept_collection(&Values::default()), Some(&first));
    assert!(of(KeptKind::Manifest, &first) && !of(KeptKind::Manifest, &second));
    assert!(of(KeptKind::Image, &second), "it names its collection");
}

#[test]
fn a_template_in_the_place_of_the_other_kind_is_refused() {
    let mut table = with_kept(false);
    assert_eq!(table.check(), Ok(()));
    let json = serde_json::to_string(&table).unwrap();
    assert_eq!(serde_json::from_str::<TenantTable>(&json).unwrap(), table);
    let kept = &mut table.tenants[0].kept;
    std::mem::swap(&mut kept.manifest, &mut kept.image);
    assert!(table.check().unwrap_err().contains("kept address"));
}
