using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The definitions for Microsoft.FeatureManagement: of our features by their flat names where those are set, else as the section
/// <c>FeatureManagement</c> has them, else on for all; and whatever else that section defines.
/// </summary>
internal sealed class RolloutDefinitions(RolloutFlags flags, IConfiguration configuration) : IFeatureDefinitionProvider, IDisposable
{
    private readonly ConfigurationFeatureDefinitionProvider _section = new(configuration);

    public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) =>
        Feature.All.FirstOrDefault(feature => feature.Flag == featureName) is { } ours
            ? DefineAsync(ours.Flag)
            : _section.GetFeatureDefinitionAsync(featureName);

    public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
    {
        foreach (var feature in Feature.All)
            yield return await DefineAsync(feature.Flag);
        await foreach (var other in _section.GetAllFeatureDefinitionsAsync())
        {
            if (Feature.All.All(feature => feature.Flag != other.Name))
                yield return other;
        }
    }

    /// <summary>Whether the section <c>FeatureManagement</c> decides of the feature, because its flat names do not.</summary>
    public async Task<bool> IsBySectionAsync(string flag) =>
        !flags.Of(flag).IsSet && await _section.GetFeatureDefinitionAsync(flag) is not null;

    public void Dispose() => _section.Dispose();

    private async Task<FeatureDefinition> DefineAsync(string flag)
    {
        var settings = flags.Of(flag);
        return !settings.IsSet && await _section.GetFeatureDefinitionAsync(flag) is { } defined
            ? defined
            : new() { Name = flag, EnabledFor = FiltersOf(settings) };
    }

    private static FeatureFilterConfiguration[] FiltersOf(FlagSettings settings) => settings switch
    {
        { Enabled: false } => [],
        { Percentage: 100 } => [new() { Name = "AlwaysOn" }],
        _ => [new() { Name = AccountPercentageFilter.Alias, ParametersObject = settings.Percentage }],
    };
}

/// <summary>
/// The filter <c>AccountPercentage</c> with the parameter <c>Percentage</c> (0 to 100): on for that part of the accounts, always the same
/// ones. Behind <c>{FLAG}_PERCENTAGE</c>, and to be used in the section <c>FeatureManagement</c>.
/// </summary>
[FilterAlias(Alias)]
internal sealed class AccountPercentageFilter : IContextualFeatureFilter<ITargetingContext>, IFilterParametersBinder
{
    public const string Alias = "AccountPercentage";
    public const string Parameter = "Percentage";

    public object BindParameters(IConfiguration parameters) =>
        parameters.GetValue<int?>(Parameter) is >= 0 and <= 100 and var percentage
            ? percentage
            : throw new FeatureManagementException(
                FeatureManagementError.InvalidConfigurationSetting,
                $"The filter {Alias} needs a {Parameter} from 0 to 100, not '{parameters[Parameter]}'.");

    public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext context, ITargetingContext appContext) => Task.FromResult(
        AccountHash.IsIn(context.FeatureName, appContext.UserId, (int)(context.Settings ?? BindParameters(context.Parameters))));
}

/// <summary>
/// On which side of a percentage an account falls: by the first bytes of SHA-256 over the flag and the account's id, so the same in every
/// process, after every restart and for ever; different for each flag, so it is not always the same accounts that go first.
/// </summary>
internal static class AccountHash
{
    /// <summary>From 0 to 99. An account is in when this is below the percentage: raising that takes no account out.</summary>
    public static int Bucket(string flag, string account)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{flag}:{account}"), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % 100);
    }

    /// <summary>Whether the feature is on for the account. What belongs to no account is in at 100 alone.</summary>
    public static bool IsIn(string flag, string? account, int percentage) =>
        percentage >= 100 || (!string.IsNullOrEmpty(account) && Bucket(flag, account) < percentage);
}

/// <summary>The account that a feature is evaluated for; the filters of Microsoft.FeatureManagement see it as the user.</summary>
internal sealed class AccountContext(Guid? accountId) : ITargetingContext
{
    public string UserId { get; set; } = accountId?.ToString("D") ?? "";

    public IEnumerable<string> Groups { get; set; } = [];
}
