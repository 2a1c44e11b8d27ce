namespace Switchboard.Load.Email;

/// <summary>A rule as this tool makes it and as its own model understands it; it knows nothing of the product's code.</summary>
internal sealed record RuleSpec(string Name, string Type, int Priority)
{
    public SenderSpec? Sender { get; init; }

    public ContentSpec? Content { get; init; }

    public bool Active { get; init; } = true;

    public bool Continue { get; init; }
}

/// <summary>Conditions on the sender.</summary>
internal sealed record SenderSpec
{
    public IReadOnlyList<string> Addresses { get; init; } = [];

    public IReadOnlyList<string> Domains { get; init; } = [];

    public IReadOnlyList<string> Wildcards { get; init; } = [];

    public IReadOnlyList<string> Exclusions { get; init; } = [];
}

/// <summary>Conditions on the content.</summary>
internal sealed record ContentSpec
{
    public IReadOnlyList<string> AnyOf { get; init; } = [];

    public IReadOnlyList<string> AllOf { get; init; } = [];

    public IReadOnlyList<string> NoneOf { get; init; } = [];

    public string Scope { get; init; } = "both";

    public bool? HasAttachment { get; init; }
}
