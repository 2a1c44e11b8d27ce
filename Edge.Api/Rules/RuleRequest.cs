using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary>
/// A rule as it is written. Left out, its priority is 0, it is active, doesn't continue, has the standard template, and is of the type
/// that its conditions make it. Where it goes may stand in the rule itself or in its <c>target</c>.
/// </summary>
internal sealed class RuleRequest
{
    public string? Name { get; init; }

    public RuleType? Type { get; init; }

    public SenderConditions? Sender { get; init; }

    public ContentConditions? Content { get; init; }

    public int? Priority { get; init; }

    public bool? Active { get; init; }

    public bool? Continue { get; init; }

    public string? Template { get; init; }

    public string? Channel { get; init; }

    public string? Recipient { get; init; }

    public RuleTarget? Target { get; init; }

    /// <summary>The type that was given, or that the conditions make it.</summary>
    public RuleType EffectiveType() => Type ?? (Sender is { HasConditions: true }, Content is { HasConditions: true }) switch
    {
        (true, true) => RuleType.Combined,
        (false, true) => RuleType.Content,
        _ => RuleType.Sender,
    };

    public string EffectiveChannel() => Channel ?? Target?.Channel ?? Channels.WhatsApp;

    public string? EffectiveRecipient() => Recipient ?? Target?.Recipient;

    /// <summary>The rule that it describes, made at that time.</summary>
    public RuleResponse ToRule(Guid id, DateTimeOffset now) => new(
        id,
        Name!.Trim(),
        EffectiveType(),
        Sender?.ToRules() ?? SenderRules.None,
        Content?.ToRules() ?? ContentRules.None,
        Priority ?? 0,
        Active ?? true,
        Continue ?? false,
        string.IsNullOrWhiteSpace(Template) ? MessageTemplate.Default : Template,
        EffectiveChannel(),
        EffectiveRecipient()!,
        now,
        now);
}
