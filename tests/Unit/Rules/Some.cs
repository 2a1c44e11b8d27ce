using Switchboard.Core.Email;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

/// <summary>Rules and messages of which a test says only what matters to it.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static ReceivedMessage Mail(
        string from = "billing@acme.test", string subject = "Invoice 42", string text = "Please pay", bool attachment = false) =>
        ReceivedMessage.Mail(new(
            "m1", from, "demo@example.com", subject, text, Monday,
            Attachments: attachment ? [new MailAttachment("invoice.pdf", "application/pdf", 1)] : null));

    public static ReceivedMessage Text(
        string body = "Please pay", string from = "+15550100002", bool media = false, params string[] transcripts) =>
        ReceivedMessage.Sms(from, "+15550100009", body, Monday, media, transcripts);

    public static SenderRules Senders(
        string[]? addresses = null, string[]? domains = null, string[]? wildcards = null, string[]? exclusions = null) =>
        new(addresses ?? [], domains ?? [], wildcards ?? [], exclusions ?? []);

    public static ContentRules Content(
        string[]? anyOf = null,
        string[]? allOf = null,
        string[]? noneOf = null,
        ContentScope scope = ContentScope.Both,
        bool? attachment = null,
        ContentInclude include = ContentInclude.NewText) =>
        new(anyOf ?? [], allOf ?? [], noneOf ?? [], scope, attachment, include);

    public static Rule Rule(
        SenderRules? sender = null,
        ContentRules? content = null,
        RuleType? type = null,
        string name = "a rule",
        int priority = 0,
        bool active = true,
        bool goOn = false,
        int createdMinute = 0) =>
        new(
            Guid.CreateVersion7(),
            name,
            type ?? (sender is null ? RuleType.Content : content is null ? RuleType.Sender : RuleType.Combined),
            sender ?? SenderRules.None,
            content ?? ContentRules.None,
            priority,
            active,
            goOn,
            MessageTemplate.Default,
            "whatsapp",
            "+15550100001",
            Monday.AddMinutes(createdMinute));

    /// <summary>Whether the rule matches the message; both ways of asking must agree.</summary>
    public static bool Match(Rule rule, ReceivedMessage message)
    {
        var fast = RuleEvaluator.Matches(new CompiledRules([rule]), message).Count == 1;
        RuleEvaluator.Evaluate([rule], message).ShouldHaveSingleItem().Matches.ShouldBe(fast);
        return fast;
    }
}
