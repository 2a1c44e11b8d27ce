namespace Switchboard.Load.Email;

/// <summary>The ten rules of a user: by sender, by content, by both; two that continue, one that is not active.</summary>
internal static class RuleSet
{
    public static IReadOnlyList<RuleSpec> Of(int user) =>
    [
        new("R00 Bills", "sender", 100) { Sender = new() { Addresses = [$"billing@acme{user}.test"] }, Continue = true },
        new("R01 Invoices", "content", 90) { Content = new() { AnyOf = ["invoice", "payment due"], Scope = "subject" } },
        new("R02 Alerts", "sender", 80) { Sender = new() { Domains = [$"status{user}.test"], Exclusions = [$"noreply@status{user}.test"] } },
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
