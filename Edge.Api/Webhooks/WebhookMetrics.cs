using System.Diagnostics.Metrics;

namespace Switchboard.Edge.Api.Webhooks;

/// <summary>
/// Counts what came to the webhooks: <c>switchboard.webhooks.accepted</c> and <c>switchboard.webhooks.rejected</c>
/// (wrong signature or token), by <c>source</c>.
/// </summary>
internal sealed class WebhookMetrics
{
    public const string MeterName = "Switchboard.Edge";

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("switchboard.webhooks.accepted", "{item}", "Items that webhooks took.");
        _rejected = meter.CreateCounter<long>("switchboard.webhooks.rejected", "{request}", "Requests with a wrong signature or token.");
    }

    public void Accepted(string source, int items) => _accepted.Add(items, new KeyValuePair<string, object?>("source", source));

    public void Rejected(string source) => _rejected.Add(1, new KeyValuePair<string, object?>("source", source));
}
