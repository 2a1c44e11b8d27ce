using Switchboard.Simulator.Twilio.Media;

namespace Switchboard.Simulator.Twilio;

/// <summary>Twilio's API at <c>/twilio</c>, its media, and its webhooks and callbacks to the edge.</summary>
internal static class TwilioEndpoints
{
    public static IServiceCollection AddTwilio(this IServiceCollection services)
    {
        services.AddOptions<TwilioOptions>().BindConfiguration(TwilioOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<TextStore>()
            .AddSingleton<TextJournal>()
            .AddSingleton<OptOuts>()
            .AddSingleton<StatusQueue>()
            .AddSingleton<StatusForm>()
            .AddSingleton<WebhookRequest>()
            .AddSingleton<TwilioAuthorization>()
            .AddSingleton<SendEndpoint>()
            .AddSingleton<MediaLinks>()
            .AddSingleton<MediaEndpoint>()
            .AddSingleton<CdnEndpoint>()
            .AddSingleton<InboundForm>()
            .AddSingleton<TextReplies>()
            .AddSingleton<InboundTexts>()
            .AddHostedService<TextRecovery>()
            .AddHostedService<StatusCallbacks>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, TwilioJson.Default));
    }

    public static void MapTwilio(this WebApplication app)
    {
        const string messages = "/twilio/2010-04-01/Accounts/{accountSid}/Messages";
        app.MapPost(messages + ".json", app.Services.GetRequiredService<SendEndpoint>().InvokeAsync);
        app.MapGet(messages + "/{messageSid}/Media/{mediaSid}", app.Services.GetRequiredService<MediaEndpoint>().InvokeAsync);
        app.MapGet(MediaLinks.CdnPath + "/{mediaSid}", app.Services.GetRequiredService<CdnEndpoint>().InvokeAsync);
        app.MapFallback("/twilio/{**rest}", context => TwilioErrors.NotFound(TwilioAuthorization.Resource(context)).WriteAsync(context));
    }
}
