namespace Switchboard.Simulator.Gmail;

/// <summary>Gmail: its API at <c>/gmail/gmail/v1</c>, Google's OAuth at <c>/gmail/oauth</c>, pushes to the edge.</summary>
internal static class GmailEndpoints
{
    public static IServiceCollection AddGmail(this IServiceCollection services)
    {
        services.AddOptions<GmailOptions>().BindConfiguration(GmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<HistoryIds>()
            .AddSingleton<Mailboxes>()
            .AddSingleton<AccessTokens>()
            .AddSingleton<PushKey>()
            .AddSingleton<PushDelivery>()
            .AddHostedService(provider => provider.GetRequiredService<PushDelivery>())
            .AddSingleton<Inbox>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, GmailJson.Default));
    }

    public static void MapGmail(this WebApplication app)
    {
        var gmail = app.MapGroup("/gmail");
        gmail.MapOAuth();
        gmail.MapFallback(() => GoogleErrors.NotFound);
        var users = gmail.MapGroup("/gmail/v1/users/{userId}").AddEndpointFilter<RouteGroupBuilder, GmailAuthorization>();
        users.MapMailboxes();
        users.MapMessages();
    }
}
