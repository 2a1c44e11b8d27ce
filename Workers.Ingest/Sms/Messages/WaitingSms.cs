using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>A text about which the rules were not asked yet.</summary>
/// <param name="Id">Its row in <c>sms_messages</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Body">What it says.</param>
/// <param name="ReceivedAt">When the webhook took it.</param>
internal sealed record WaitingSms(Guid Id, Guid UserId, string From, string To, string Body, DateTimeOffset ReceivedAt)
{
    /// <summary>The text with what is said in its audio, file by file.</summary>
    public SettledSms With(IEnumerable<string> transcripts) =>
        new(Id, UserId, ReceivedMessage.Sms(From, To, Body, ReceivedAt, hasMedia: true, transcripts));
}
