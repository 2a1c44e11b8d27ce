using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Demo;

/// <summary><c>/_sim/demo</c>: the stream of demo mail.</summary>
internal static class DemoEndpoints
{
    public static IServiceCollection AddDemoMail(this IServiceCollection services)
    {
        services.AddOptions<DemoMailOptions>().BindConfiguration(DemoMailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<DemoMailStream>()
            .AddHostedService(provider => provider.GetRequiredService<DemoMailStream>())
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DemoJson.Default));
    }

    public static void MapDemoControl(this WebApplication app)
    {
        app.MapGet("/_sim/demo", (DemoMailStream stream) => new DemoSettings(stream.PerMinute));
        app.MapPost("/_sim/demo", Change);
    }

    private static IResult Change(DemoSettings settings, DemoMailStream stream)
    {
        if (settings.PerMinute is not (>= 0 and <= DemoMailOptions.MostPerMinute))
        {
            return ControlProblems.Invalid("perMinute", $"Use 0 (none) to {DemoMailOptions.MostPerMinute}.");
        }

        stream.PerMinute = settings.PerMinute.Value;
        return Results.Json(settings, DemoJson.Default.DemoSettings);
    }
}
