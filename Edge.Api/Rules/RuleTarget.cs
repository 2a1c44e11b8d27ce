namespace Switchboard.Edge.Api.Rules;

/// <summary>Where the notifications of a rule go.</summary>
internal sealed class RuleTarget
{
    public string? Channel { get; init; }

    public string? Recipient { get; init; }
}
