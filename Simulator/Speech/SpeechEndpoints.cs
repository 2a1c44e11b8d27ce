namespace Switchboard.Simulator.Speech;

/// <summary>Google's Speech-to-Text at <c>/speech</c>.</summary>
internal static class SpeechEndpoints
{
    public static IServiceCollection AddSpeech(this IServiceCollection services)
    {
        services.AddOptions<SpeechOptions>().BindConfiguration(SpeechOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<SpeechRequests>()
            .AddSingleton<RecognizeEndpoint>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SpeechJson.Default));
    }

    public static void MapSpeech(this WebApplication app)
    {
        app.MapPost("/speech/v1/speech:recognize", app.Services.GetRequiredService<RecognizeEndpoint>().InvokeAsync);
        app.MapFallback("/speech/{**rest}", SpeechErrors.NotFound("Requested entity was not found.").WriteAsync);
    }
}
