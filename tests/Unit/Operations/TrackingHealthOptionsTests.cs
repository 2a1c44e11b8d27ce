using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Switchboard.Edge.Api.Operations.Health;
using Switchboard.Edge.Api.Operations.Performance;

namespace Switchboard.Tests.Unit.Operations;

public sealed class TrackingHealthOptionsTests
{
    [Theory]
    [InlineData("HealthPerformance:MaxPoolUse", "1", true)]
    [InlineData("HealthPerformance:MaxPoolUse", "1.1", false)]
    [InlineData("HealthPerformance:MinCacheHitRate", "-0.1", false)]
    [InlineData("HealthPerformance:MinLocalLimitRate", "85", false)]
    [InlineData("HealthPerformance:MaxQueueDepth", "100000", true)]
    [InlineData("HealthPerformance:MaxQueueDepth", "100001", false)]
    [InlineData("Performance:MinCacheHitRate", "1.1", false)]
    [InlineData("Queries:SlowQueryMilliseconds", "1", true)]
    [InlineData("Queries:SlowQueryMilliseconds", "0", false)]
    public void A_threshold_that_cannot_be_is_refused_at_the_start(string name, string value, bool isFine)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration[name] = value;
        builder.Services.AddPerformance().AddTrackingHealth();
        using var host = builder.Build();

        var start = host.Services.GetRequiredService<IStartupValidator>().Validate;
        if (isFine)
            start.ShouldNotThrow();
        else
            start.ShouldThrow<OptionsValidationException>().Message.ShouldContain(name);
    }
}
