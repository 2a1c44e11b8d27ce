using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>What a rule that matched leads to.</summary>
internal static class RuleNotification
{
    /// <summary>The notification of a message; the caller adds which mail or text it was.</summary>
    public static NewNotification Of(Rule rule, Guid userId, ReceivedMessage message, string source, DateTimeOffset now) => new(
        Guid.CreateVersion7(now),
        userId,
        rule.Channel,
        rule.Recipient,
        MessageTemplate.Render(rule.Template, rule.Name, message),
        JobPriority.High,
        source,
        now,
        RuleId: rule.Id);
}
