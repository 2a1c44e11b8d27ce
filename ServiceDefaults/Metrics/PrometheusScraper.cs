using OpenTelemetry.Metrics;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>
/// Collects when it is asked, one collection at a time: the reader writes into one text, and two scrapers must not share half of it.
/// </summary>
internal sealed class PrometheusScraper : IDisposable
{
    /// <summary>Prometheus gives up after 10 s by default.</summary>
    private const int CollectTimeoutMilliseconds = 5_000;

    private readonly PrometheusExporter _exporter = new();
    private readonly SemaphoreSlim _turn = new(1);

    public PrometheusScraper() => Reader = new BaseExportingMetricReader(_exporter)
    {
        TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
    };

    /// <summary>What the meter provider calls with the metrics; it is the provider's to dispose.</summary>
    public MetricReader Reader { get; }

    /// <summary>Every metric as Prometheus text.</summary>
    /// <exception cref="InvalidOperationException">The metrics could not be collected.</exception>
    public async Task<string> ScrapeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return Reader.Collect(CollectTimeoutMilliseconds)
                ? _exporter.Text
                : throw new InvalidOperationException("The metrics could not be collected.");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
