using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary>Conditions on the content as they are written: anything may be left out.</summary>
internal sealed class ContentConditions
{
    public IReadOnlyList<string?>? AnyOf { get; init; }

    public IReadOnlyList<string?>? AllOf { get; init; }

    public IReadOnlyList<string?>? NoneOf { get; init; }

    public ContentScope? Scope { get; init; }

    public bool? HasAttachment { get; init; }

    internal bool HasConditions =>
        AnyOf is { Count: > 0 } || AllOf is { Count: > 0 } || NoneOf is { Count: > 0 } || HasAttachment is not null;

    internal ContentRules ToRules() => new(
        Phrases.Normal(AnyOf), Phrases.Normal(AllOf), Phrases.Normal(NoneOf), Scope ?? ContentScope.Both, HasAttachment);
}
