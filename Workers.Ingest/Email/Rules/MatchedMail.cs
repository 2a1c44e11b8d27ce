using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>A mail and the rules that it meets.</summary>
/// <param name="Id">The id of its row, if it turns out to be new.</param>
/// <param name="Incoming">The mail.</param>
/// <param name="Rules">The rules that lead to a notification, in their order.</param>
internal sealed record MatchedMail(Guid Id, IncomingMail Incoming, IReadOnlyList<Rule> Rules)
{
    /// <summary>What is to be sent, one for each rule.</summary>
    public IEnumerable<NotificationDraft> Notifications() => Rules.Select(rule =>
        RuleNotification.Of(rule, Incoming.UserId, Incoming.Message, NotificationSource.Email(Id), Incoming.Parent));
}
