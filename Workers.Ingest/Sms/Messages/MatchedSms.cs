using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>A text and the rules that it meets.</summary>
/// <param name="Id">The id of its row, if there is none yet.</param>
/// <param name="Incoming">The text.</param>
/// <param name="Rules">The rules that lead to a notification, in their order; null while what is said in its audio is not known.</param>
/// <param name="Entities">What is in what it says.</param>
internal sealed record MatchedSms(Guid Id, IncomingSms Incoming, IReadOnlyList<Rule>? Rules, TextEntities Entities)
{
    /// <summary>What is to be sent, one for each rule.</summary>
    public IEnumerable<NotificationDraft> Notifications() =>
        new SettledSms(Id, Incoming.UserId, Incoming.Message).Notifications(Rules ?? [], Incoming.Parent);

    /// <summary>Its items: the text, unless there is none and media in its place, and each media file.</summary>
    public IEnumerable<NewItem> Items(DateTimeOffset now)
    {
        var text = Incoming.Text;
        // lists are newest first: of one moment, the text stands before its files, and those in their order
        var ids = Enumerable.Range(0, text.Media.Count + 1).Select(_ => Guid.CreateVersion7(now)).OrderDescending().ToArray();
        if (Incoming.Body.Length > 0 || text.Media.Count == 0)
            yield return NewItem.OfText(ids[0], this);
        for (var index = 0; index < text.Media.Count; index++)
            yield return NewItem.OfMedia(ids[index + 1], this, index + 1, text.Media[index]);
    }
}
