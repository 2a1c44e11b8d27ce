using System.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Email.Rules;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>A text of which all that rules look at is known.</summary>
/// <param name="Id">Its row in <c>sms_messages</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Message">What it says, and what is said in its audio.</param>
internal sealed record SettledSms(Guid Id, Guid UserId, ReceivedMessage Message)
{
    /// <summary>What is to be sent, one for each of the rules that it meets.</summary>
    public IEnumerable<NotificationDraft> Notifications(IReadOnlyList<Rule> rules, ActivityContext? parent = null) => rules.Select(rule =>
        RuleNotification.Of(rule, UserId, Message, NotificationSource.Sms(Id), parent));
}
