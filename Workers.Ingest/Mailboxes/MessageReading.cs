using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Mailboxes;

/// <summary>What came of the try to read a message.</summary>
/// <param name="Id">The provider's id of the message.</param>
/// <param name="Mail">The mail, if it could be read and came in; null too for one that was deleted meanwhile.</param>
/// <param name="Failure">Why it could not be read.</param>
internal sealed record MessageReading(string Id, InboundMail? Mail, Exception? Failure = null);
