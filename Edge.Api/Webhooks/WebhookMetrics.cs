using System.Diagnostics.Metrics;

namespace Switchboard.Edge.Api.Webhooks;

/// <summary>The callers of the webhooks, as metrics name them.</summary>
internal static class WebhookSources
{
    public const string Email = "email";
    public const string Gmail = "gmail";
    public const string Graph = "graph";
    public const string Twilio = "twilio";
    public const string WhatsApp = "whatsapp";
}

/// <summary>
/// Counts what came to the webhooks, by <c>source</c>: <c>switchboard.webhooks.accepted</c>, <c>switchboard.webhooks.rejected</c>
/// (wrong signature or token) and <c>switchboard.webhooks.unreadable</c> (rightly signed, and not to be understood).
/// </summary>
internal sealed class WebhookMetrics
{
    public const string MeterName = "Switchboard.Edge";

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _unreadable;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("switchboard.webhooks.accepted", "{item}", "Items that webhooks took.");
        _rejected = meter.CreateCounter<long>("switchboard.webhooks.rejected", "{request}", "Requests with a wrong signature or token.");
        _unreadable = meter.CreateCounter<long>(
            "switchboard.webhooks.unreadable", "{item}", "Items with a right signature that could not be understood.");
    }

    public void Accepted(string source, int items) => _accepted.Add(items, Tag(source));

    public void Rejected(string source) => _rejected.Add(1, Tag(source));

    public void Unreadable(string source, int items)
    {
        if (items > 0)
            _unreadable.Add(items, Tag(source));
    }

    private static KeyValuePair<string, object?> Tag(string source) => new("source", source);
}
