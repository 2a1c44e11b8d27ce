using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>What came of the try to read a message.</summary>
/// <param name="Id">The provider's id of the message.</param>
/// <param name="Mail">The mail, if it could be read and came in; null too for one that was deleted meanwhile.</param>
/// <param name="Failure">Why it could not be read.</param>
/// <param name="Seen">The mail as it is recorded, sent or received, for a mailbox that is tracked.</param>
internal sealed record MessageReading(string Id, InboundMail? Mail, Exception? Failure = null, MailEnvelope? Seen = null);
