using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Accounts;

/// <summary>How accounts and their proxies are checked; section <c>Social</c>.</summary>
internal sealed class AccountCheckOptions : IValidatableObject
{
    public const string Section = "Social";

    /// <summary>Every so many minutes the platform of each account is asked whether it is well.</summary>
    [Range(5, 10_080)]
    public int AccountCheckMinutes { get; set; } = 720;

    /// <summary>Every so many seconds each proxy is checked.</summary>
    [Range(10, 86_400)]
    public int ProxyCheckSeconds { get; set; } = 300;

    /// <summary>What is asked for through a proxy to check it: whatever it answers, the proxy let the request through.</summary>
    [Required]
    public Uri ProxyCheckUrl { get; set; } = new("https://api.x.com/");

    /// <summary>How long that may take, in seconds.</summary>
    [Range(1, 60)]
    public int ProxyCheckTimeoutSeconds { get; set; } = 10;

    /// <summary>After so many failures in a row a proxy is down.</summary>
    [Range(1, 100)]
    public int ProxyFailuresUntilDown { get; set; } = 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ProxyCheckUrl.IsAbsoluteUri || ProxyCheckUrl.Scheme is not ("http" or "https"))
            yield return new($"{nameof(ProxyCheckUrl)} must be an address such as https://api.x.com/.", [nameof(ProxyCheckUrl)]);
    }
}

/// <summary>
/// The meter <c>Switchboard.Social</c>: <c>switchboard.social.proxy.checks</c> by <c>result</c> (up, failed), and
/// <c>switchboard.social.account.states</c>, changes of accounts that no person made, by <c>platform</c> and <c>state</c>.
/// </summary>
internal sealed class AccountMetrics
{
    private readonly Counter<long> _checks;
    private readonly Counter<long> _states;

    public AccountMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Social");
        _checks = meter.CreateCounter<long>("switchboard.social.proxy.checks", "{check}", "Checks of proxies, by result");
        _states = meter.CreateCounter<long>("switchboard.social.account.states", "{change}", "Changes of accounts, by platform and state");
    }

    public void Checked(bool isUp) => _checks.Add(1, new KeyValuePair<string, object?>("result", isUp ? "up" : "failed"));

    public void Changed(string platform, string state) => _states.Add(1, new("platform", platform), new("state", state));
}

/// <summary>Registration of what looks after accounts.</summary>
internal static class AccountCheckServices
{
    private static readonly TimeSpan ReviewEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CheckProxiesEvery = TimeSpan.FromSeconds(15);

    /// <summary>Checks of accounts and proxies, the end of warm-ups, and of accounts that were disconnected.</summary>
    public static IServiceCollection AddAccountChecks(this IServiceCollection services)
    {
        services.AddSocialAccounts();
        services.AddOptions<AccountCheckOptions>().BindConfiguration(AccountCheckOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton<AccountMetrics>();
        services.AddSingleton<AccountReview>();
        services.AddSingleton<AccountEndingStore>();
        services.AddSingleton<ProxyProbe>();
        services.AddRecurringJob("review-accounts", ReviewEvery, id => new ReviewAccounts(id));
        services.AddRecurringJob("check-proxies", CheckProxiesEvery, id => new CheckProxies(id));
        return services;
    }

    /// <summary>The jobs of accounts.</summary>
    public static JobWorkerBuilder HandleAccounts(this JobWorkerBuilder jobs) => jobs
        .Handle<CheckAccountHealth, CheckAccountHealthHandler>(maxBatch: 20, concurrentBatches: 2)
        .Handle<CheckProxies, CheckProxiesHandler>(maxBatch: 4)
        .Handle<EndSocialAccount, EndSocialAccountHandler>(maxBatch: 20)
        .Handle<ReviewAccounts, ReviewAccountsHandler>(maxBatch: 4);
}
