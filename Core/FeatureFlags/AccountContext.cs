using Microsoft.FeatureManagement.FeatureFilters;

namespace Switchboard.Core.FeatureFlags;

/// <summary>For whom a feature is asked for. The filters of Microsoft.FeatureManagement see the account as the user, without groups.</summary>
internal sealed class AccountContext(Guid? accountId) : ITargetingContext
{
    public string UserId { get; set; } = accountId?.ToString("D") ?? "";

    public IEnumerable<string> Groups { get; set; } = [];
}
