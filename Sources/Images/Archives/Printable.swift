internal import Layers

/// A name out of an archive or a document, for a message.
func printable(_ text: String) -> String { printable(text.utf8) }
