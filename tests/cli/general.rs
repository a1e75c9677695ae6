//! What holds for every command.

use insta::assert_snapshot;

use crate::support::Machine;

#[test]
fn help_lists_what_there_is() {
    assert_snapshot!(Machine::bare().run("-h"));
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    assert_snapshot!(Machine::bare().run("asign"));
}

#[test]
fn an_error_is_a_document_where_documents_were_asked_for() {
    assert_snapshot!(Machine::bare().run("-o json asign"));
}
