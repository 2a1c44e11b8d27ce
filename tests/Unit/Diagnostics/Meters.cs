using System.Diagnostics.Metrics;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>Meters that nobody listens to.</summary>
internal sealed class Meters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
        // nothing is kept
    }
}
