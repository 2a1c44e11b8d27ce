namespace Switchboard.Edge.Api.Accounts;

internal static class AccountExtensions
{
    /// <summary>Who has which account, and how that changes.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton<AccountBook>()
        .AddSingleton<AccountTokens>();
}
