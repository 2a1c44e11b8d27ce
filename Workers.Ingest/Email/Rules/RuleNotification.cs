using System.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>What a rule that matched leads to.</summary>
internal static class RuleNotification
{
    /// <summary>The notification of a message and a rule.</summary>
    public static NotificationDraft Of(
        Rule rule, Guid userId, ReceivedMessage message, NotificationSource source, ActivityContext? parent) => new(
        userId,
        rule.Channel,
        rule.Recipient,
        MessageTemplate.Render(rule.Template, rule.Name, message),
        JobPriority.High,
        source,
        NotificationKeys.RuleMatch(source, rule.Id),
        rule.Id,
        Parent: parent);
}
