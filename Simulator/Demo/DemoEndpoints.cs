using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Demo;

/// <summary><c>/_sim/demo</c>: the streams of demo mail and texts.</summary>
internal static class DemoEndpoints
{
    public static IServiceCollection AddDemo(this IServiceCollection services)
    {
        services.AddOptions<DemoMailOptions>().BindConfiguration(DemoMailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DemoTextOptions>().BindConfiguration(DemoTextOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<DemoMailStream>()
            .AddHostedService(provider => provider.GetRequiredService<DemoMailStream>())
            .AddSingleton<DemoTextStream>()
            .AddHostedService(provider => provider.GetRequiredService<DemoTextStream>())
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DemoJson.Default));
    }

    public static void MapDemoControl(this WebApplication app)
    {
        app.MapGet("/_sim/demo", Show);
        app.MapPost("/_sim/demo", Change);
    }

    private static IResult Change(DemoSettings settings, DemoMailStream mails, DemoTextStream texts)
    {
        if (settings.PerMinute is null && settings.TextsPerMinute is null)
        {
            return ControlProblems.Invalid("perMinute", "Name perMinute (mails), textsPerMinute or both.");
        }

        if (settings.PerMinute is not (null or (>= 0 and <= DemoMailOptions.MostPerMinute)))
        {
            return ControlProblems.Invalid("perMinute", $"Use 0 (none) to {DemoMailOptions.MostPerMinute}.");
        }

        if (settings.TextsPerMinute is not (null or (>= 0 and <= DemoTextOptions.MostPerMinute)))
        {
            return ControlProblems.Invalid("textsPerMinute", $"Use 0 (none) to {DemoTextOptions.MostPerMinute}.");
        }

        if (settings.PerMinute is { } perMinute)
        {
            mails.PerMinute = perMinute;
        }

        if (settings.TextsPerMinute is { } textsPerMinute)
        {
            texts.PerMinute = textsPerMinute;
        }

        return Show(mails, texts);
    }

    private static IResult Show(DemoMailStream mails, DemoTextStream texts) =>
        Results.Json(new DemoSettings((int)mails.PerMinute, texts.PerMinute), DemoJson.Default.DemoSettings);
}
