//! The example of JSON-RPC as a program of its own: its answers, its patience, round trips, and how it goes down.

use pollcat_testing::client::{Client, PING, PONG, TEXT, upgrade_request};
use pollcat_testing::example::Program;
use serde_json::{Value, json};

/// Somebody who asks to come in.
fn ask(rpc: &Program, user: &str) -> Client {
    let mut client = Client::dial(&rpc.address);
    client.write(upgrade_request("").replacen("GET / ", &format!("GET /?user={user} "), 1).as_bytes());
    client
}

#[track_caller]
fn enter(rpc: &Program, user: &str) -> Client {
    let mut client = ask(rpc, user);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    client
}

fn call(client: &mut Client, id: impl Into<Value>, method: &str, params: Value) {
    let call = json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params });
    client.send(TEXT, call.to_string().as_bytes());
}

#[track_caller]
fn answer(client: &mut Client) -> Value {
    let answer: Value = serde_json::from_str(&client.text()).expect("an answer is JSON");
    assert_eq!(answer["jsonrpc"], "2.0");
    answer
}

#[test]
fn calls_are_answered_at_once_or_late_or_with_an_error() {
    let rpc = Program::start("rpc");
    let mut ann = enter(&rpc, "ann");
    // A notification gets no answer.
    ann.send(TEXT, br#"{"jsonrpc":"2.0","method":"add","params":[40]}"#);
    for (id, method, params, result) in [
        (json!(1), "add", json!([2]), json!(42.0)),
        (json!("two"), "add", json!([-0.5]), json!(41.5)),
        (json!(null), "rtt", json!(null), json!(null)),
        (json!(4), "work", json!([10]), json!(0.01)),
    ] {
        call(&mut ann, id.clone(), method, params);
        assert_eq!(answer(&mut ann), json!({ "jsonrpc": "2.0", "id": id, "result": result }), "{method}");
    }
    for (text, id, code) in [
        (r#"{"jsonrpc":"2.0","id":1,"method":"fly"}"#, json!(1), -32601),
        (r#"{"jsonrpc":"2.0","id":2,"method":"drain"}"#, json!(2), -32601),
        (r#"{"jsonrpc":"2.0","id":3,"method":"add","params":["a"]}"#, json!(3), -32602),
        (r#"{"jsonrpc":"2.0","id":4,"method":"work","params":[-1]}"#, json!(4), -32602),
        (r#"{"jsonrpc":"2.0","id":5,"method":"work","params":[1e300]}"#, json!(5), -32602),
        (r#"{"jsonrpc":"1.0","id":6,"method":"add","params":[1]}"#, json!(6), -32600),
        ("[]", json!(null), -32600),
        ("{", json!(null), -32700),
        // It takes longer than anybody waits.
        (r#"{"jsonrpc":"2.0","id":7,"method":"work","params":[3000]}"#, json!(7), -32001),
    ] {
        ann.send(TEXT, text.as_bytes());
        let answer = answer(&mut ann);
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&id, &json!(code)), "{text}: {answer}");
        assert!(answer["error"]["message"].is_string() && answer.get("result").is_none(), "{answer}");
    }
}

#[test]
fn nothing_more_is_read_from_who_has_eight_calls_under_way() {
    let rpc = Program::start("rpc");
    let mut ann = enter(&rpc, "ann");
    (0..8).for_each(|id| call(&mut ann, id, "work", json!([150])));
    call(&mut ann, "add", "add", json!([1]));
    let ids: Vec<Value> = (0..9).map(|_| answer(&mut ann)["id"].clone()).collect();
    // One of the eight is done before the ninth is looked at, and then the ninth is.
    let place = ids.iter().position(|id| id == "add").expect("it is answered, too");
    assert!((1..8).contains(&place), "{ids:?}");
}

#[test]
fn round_trips_are_measured_and_each_user_comes_in_three_times() {
    let rpc = Program::start("rpc");
    let mut guests: Vec<Client> = (0..3).map(|_| enter(&rpc, "ann")).collect();
    enter(&rpc, "bob");
    assert!(ask(&rpc, "ann").head().starts_with("HTTP/1.1 429 "));
    assert!(ask(&rpc, "").head().starts_with("HTTP/1.1 401 "));
    let mut first = guests.remove(0);
    first.close(1000);
    assert_eq!(first.close_frame().0, 1000);
    let mut again = enter(&rpc, "ann");
    assert_eq!(again.frame(), (PING, b"how long?".to_vec()));
    again.send(PONG, b"how long?");
    call(&mut again, 1, "rtt", json!([]));
    let answer = answer(&mut again);
    let seconds = answer["result"].as_f64().unwrap_or_else(|| panic!("{answer}"));
    assert!(seconds > 0.0 && seconds < 10.0, "{answer}");
}

#[test]
fn its_operator_sends_everybody_away_and_then_it_ends() {
    let mut rpc = Program::start("rpc");
    let mut guests: Vec<Client> = ["ann", "bob", "operator"].map(|user| enter(&rpc, user)).into();
    call(&mut guests[2], 1, "drain", json!([3000]));
    assert_eq!(answer(&mut guests[2]), json!({ "jsonrpc": "2.0", "id": 1, "result": 3 }));
    let late = ask(&rpc, "cid").head();
    assert!(late.starts_with("HTTP/1.1 503 ") && late.contains("\r\nRetry-After: "), "{late}");
    // A second one hastens the first.
    call(&mut guests[2], 2, "drain", json!([0.3]));
    assert_eq!(answer(&mut guests[2])["result"], 3);
    for mut guest in guests {
        assert_eq!(guest.close_frame(), (1012, "the server is stopping".into()));
        guest.close(1012);
    }
    assert!(rpc.ends(), "it has nothing more to do");
}
