using Switchboard.Edge.Api.Mailboxes;
using Switchboard.Edge.Api.Rules;

namespace Switchboard.Edge.Api.Hosting;

internal static class FeatureExtensions
{
    /// <summary>What endpoints of one feature share.</summary>
    public static IServiceCollection AddFeatures(this IServiceCollection services) => services
        .AddSingleton<RuleChanges>()
        .AddSingleton<MailboxTokens>();
}
