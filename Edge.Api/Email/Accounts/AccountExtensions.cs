using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Email.Accounts;

internal static class AccountExtensions
{
    /// <summary>Who has which account, how it is connected, and how that changes.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddOptions<GraphAccountOptions>()
            .BindConfiguration(GraphAccountOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(GraphAuthority.ClientName, (provider, client) =>
        {
            client.Timeout = TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<GraphAccountOptions>>().Value.ConnectTimeoutSeconds);
            client.MaxResponseContentBufferSize = GraphAuthority.MaxAnswerBytes;
        });
        return services
            .AddSingleton<AccountBook>()
            .AddSingleton<AccountTokens>()
            .AddSingleton<AccountChanges>()
            .AddSingleton<ConnectedAccounts>()
            .AddSingleton<GraphAuthority>()
            .AddSingleton<AccountRemoval>();
    }
}
