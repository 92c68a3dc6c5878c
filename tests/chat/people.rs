//! Hello, welcome, tokens, names (README, 2 and 7).

use serde_json::json;

use crate::chat::Chat;
use crate::chat::json::Json;

#[test]
fn a_newcomer_is_welcomed() {
    let chat = Chat::start(&[]);
    let alice = Json::hello(chat.address(), json!({}));
    assert_eq!(alice.welcome["new"], true);
}
