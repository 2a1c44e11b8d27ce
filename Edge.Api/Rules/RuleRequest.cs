using FluentValidation;
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
        Template is null || FoldedText.IsBlank(Template) ? MessageTemplate.Default : Template,
        EffectiveChannel(),
        EffectiveRecipient()!,
        now,
        now);
}

/// <summary>Where the notifications of a rule go.</summary>
internal sealed class RuleTarget
{
    public string? Channel { get; init; }

    public string? Recipient { get; init; }
}

/// <summary>What a rule must be, whether it is made, changed or only tried.</summary>
internal sealed class RuleRequestValidator : Validator<RuleRequest>
{
    private const int MaxName = 200;
    private const int MaxPriority = 1_000_000;

    public RuleRequestValidator()
    {
        RuleFor(rule => rule.Name).Visible().Text(MaxName);
        RuleFor(rule => rule.Priority).InclusiveBetween(-MaxPriority, MaxPriority);
        RuleFor(rule => rule.Template).Text(MessageTemplate.MaxLength);
        RuleFor(rule => rule.Template).Custom((template, context) =>
        {
            if (template is not null && MessageTemplate.UnknownPlaceholders(template) is { Count: > 0 } unknown)
                context.AddFailure(
                    $"There is no placeholder {string.Join(", ", unknown)}; there are {string.Join(", ", MessageTemplate.Placeholders)}.");
        });

        RuleFor(rule => rule.Sender!).SetValidator(new SenderConditionsValidator()).When(rule => rule.Sender is not null);
        RuleFor(rule => rule.Sender)
            .Must(sender => sender is { HasConditions: true })
            .When(rule => rule.EffectiveType() is RuleType.Sender or RuleType.Combined)
            .WithMessage("It must name at least one address, number, domain or wildcard.");
        RuleFor(rule => rule.Content!).SetValidator(new ContentConditionsValidator()).When(rule => rule.Content is not null);
        RuleFor(rule => rule.Content)
            .Must(content => content is { HasConditions: true })
            .When(rule => rule.EffectiveType() is RuleType.Content or RuleType.Combined)
            .WithMessage("It must have at least one condition: anyOf, allOf, noneOf or hasAttachment.");

        RuleFor(rule => rule).Custom((rule, context) =>
        {
            if (!Channels.DirectNames.Contains(rule.EffectiveChannel()))
                context.AddFailure(
                    Field(rule.Channel is null && rule.Target?.Channel is not null, "Channel"),
                    $"It must be one of {string.Join(", ", Channels.DirectNames)}.");
            if (Channels.RecipientError(rule.EffectiveChannel(), rule.EffectiveRecipient()) is { } error)
                context.AddFailure(Field(rule.Recipient is null && rule.Target is not null, "Recipient"), error);
        });
    }

    private static string Field(bool inTarget, string name) => inTarget ? $"Target.{name}" : name;
}
