using Switchboard.Load.Running;

namespace Switchboard.Load.Email;

/// <summary>The ten rules of a user: by sender, by content, by both; two that continue, one that is not active.</summary>
internal static class RuleSet
{
    public static IReadOnlyList<RuleSpec> Of(int user) =>
    [
        new("R00 Bills", "sender", 100) { Sender = new() { Addresses = [$"billing@acme{user}.test"] }, Continue = true },
        new("R01 Invoices", "content", 90) { Content = new() { AnyOf = ["invoice", "payment due"], Scope = "subject" } },
        new(
            "R02 Alerts",
            "sender",
            80) { Sender = new() { Domains = [$"status{user}.test"], Exclusions = [$"noreply@status{user}.test"] } },
        new("R03 Orders", "combined", 70)
        {
            Sender = new() { Domains = ["shop.test"] },
            Content = new() { AnyOf = ["your order", "has been shipped"] },
        },
        new("R04 Banks", "sender", 60) { Sender = new() { Wildcards = ["*@*.bank.test"] } },
        new("R05 Meetings", "content", 50) { Content = new() { AllOf = ["meeting", "tomorrow"], NoneOf = ["cancelled"], Scope = "body" } },
        new("R06 Reports", "content", 40) { Content = new() { AnyOf = ["report"], HasAttachment = true }, Continue = true },
        new("R07 The boss", "sender", 30) { Sender = new() { Addresses = ["boss@corp.test"], Wildcards = ["*-boss@corp.test"] } },
        new("R08 Not active", "sender", 20) { Sender = new() { Wildcards = ["*"] }, Active = false },
        new("R09 Urgent", "content", 10) { Content = new() { AnyOf = ["urgent", "asap"] } },
    ];
}

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

/// <summary>Makes the users of a run, each with a key and ten rules.</summary>
internal sealed class EmailUsers(ApiClient edge, string adminKey, RunToken token)
{
    public Task<IReadOnlyList<LoadUser>> CreateAsync(int count, Action<double> progress, CancellationToken cancellationToken) =>
        new LoadUsers(edge, adminKey, token).CreateAsync(
            count, ["rules", "notifications", "mail"], AddRulesAsync, progress, cancellationToken);

    private async Task AddRulesAsync(int index, LoadUser user, CancellationToken cancellationToken)
    {
        // one after the other: among equals the older rule comes first
        foreach (var rule in RuleSet.Of(index))
        {
            await edge.PostAsync(
                "/api/rules",
                user.Key,
                new NewRule(
                    rule.Name, rule.Type, rule.Sender, rule.Content, rule.Priority, rule.Active, rule.Continue,
                    NotificationKey.Template, "whatsapp", $"+1555{index + 1_000_000:D7}"),
                EmailJson.Default.NewRule,
                LoadUserJson.Default.CreatedResource,
                cancellationToken);
        }
    }
}

internal sealed record NewRule(
    string Name,
    string Type,
    SenderSpec? Sender,
    ContentSpec? Content,
    int Priority,
    bool Active,
    bool Continue,
    string Template,
    string Channel,
    string Recipient);
