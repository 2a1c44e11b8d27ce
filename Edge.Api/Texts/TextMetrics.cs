using System.Diagnostics.Metrics;
using Switchboard.Edge.Api.Webhooks;

namespace Switchboard.Edge.Api.Texts;

/// <summary>Counts texts that were over the limit of their number: <c>switchboard.texts.refused</c>.</summary>
internal sealed class TextMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refused = meters.Create(WebhookMetrics.MeterName)
        .CreateCounter<long>("switchboard.texts.refused", "{text}", "Texts that were over the hourly limit of their number.");

    public void Refused() => _refused.Add(1);
}
