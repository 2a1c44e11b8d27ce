namespace Switchboard.Simulator.WhatsApp;

/// <summary>The WhatsApp Cloud API at <c>/whatsapp</c>, and its callbacks to the edge.</summary>
internal static class WhatsAppEndpoints
{
    public static IServiceCollection AddWhatsApp(this IServiceCollection services)
    {
        services.AddOptions<WhatsAppOptions>().BindConfiguration(WhatsAppOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<MessageStore>()
            .AddSingleton<MessageIds>()
            .AddSingleton<MessageJournal>()
            .AddSingleton<StatusQueue>()
            .AddSingleton<SendRate>()
            .AddSingleton<SendEndpoint>()
            .AddHostedService<JournalRecovery>()
            .AddHostedService<StatusCallbacks>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WhatsAppJson.Default));
    }

    public static void MapWhatsApp(this WebApplication app)
    {
        app.MapPost("/whatsapp/{version}/{phoneNumberId}/messages", app.Services.GetRequiredService<SendEndpoint>().InvokeAsync);
        app.MapFallback("/whatsapp/{**rest}", MetaErrors.UnknownPath.WriteAsync);
    }
}
