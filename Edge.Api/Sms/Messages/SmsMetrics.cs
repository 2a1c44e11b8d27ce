using System.Diagnostics.Metrics;
using Switchboard.Edge.Api.Webhooks;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>Counts SMS that were over the limit of their number: <c>switchboard.texts.refused</c>.</summary>
internal sealed class SmsMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refused = meters.Create(WebhookMetrics.MeterName)
        .CreateCounter<long>("switchboard.texts.refused", "{text}", "SMS that were over the hourly limit of their number.");

    public void Refused() => _refused.Add(1);
}
