using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Control;

/// <summary><c>/_sim/demo</c>: the streams of demo mail and SMS.</summary>
internal static class DemoEndpoints
{
    public static IServiceCollection AddDemo(this IServiceCollection services)
    {
        services.AddOptions<DemoMailOptions>().BindConfiguration(DemoMailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DemoSmsOptions>().BindConfiguration(DemoSmsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<DemoMailStream>()
            .AddHostedService(provider => provider.GetRequiredService<DemoMailStream>())
            .AddSingleton<DemoSmsStream>()
            .AddHostedService(provider => provider.GetRequiredService<DemoSmsStream>())
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DemoJson.Default));
    }

    public static void MapDemoControl(this WebApplication app)
    {
        app.MapGet("/_sim/demo", Show);
        app.MapPost("/_sim/demo", Change);
    }

    private static IResult Change(DemoSettings settings, DemoMailStream mails, DemoSmsStream messages)
    {
        if (settings.PerMinute is null && settings.TextsPerMinute is null)
        {
            return ControlProblems.Invalid("perMinute", "Name perMinute (mails), textsPerMinute or both.");
        }

        if (settings.PerMinute is not (null or (>= 0 and <= DemoMailOptions.MostPerMinute)))
        {
            return ControlProblems.Invalid("perMinute", $"Use 0 (none) to {DemoMailOptions.MostPerMinute}.");
        }

        if (settings.TextsPerMinute is not (null or (>= 0 and <= DemoSmsOptions.MostPerMinute)))
        {
            return ControlProblems.Invalid("textsPerMinute", $"Use 0 (none) to {DemoSmsOptions.MostPerMinute}.");
        }

        if (settings.PerMinute is { } perMinute)
        {
            mails.PerMinute = perMinute;
        }

        if (settings.TextsPerMinute is { } textsPerMinute)
        {
            messages.PerMinute = textsPerMinute;
        }

        return Show(mails, messages);
    }

    private static IResult Show(DemoMailStream mails, DemoSmsStream messages) =>
        Results.Json(new DemoSettings((int)mails.PerMinute, messages.PerMinute), DemoJson.Default.DemoSettings);
}

/// <summary>The body and the answer of <c>POST /_sim/demo</c>; what is left out stays as it is.</summary>
/// <param name="PerMinute">Mails a minute.</param>
/// <param name="TextsPerMinute">SMS a minute.</param>
internal sealed record DemoSettings(int? PerMinute, double? TextsPerMinute = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DemoSettings))]
internal sealed partial class DemoJson : JsonSerializerContext;
