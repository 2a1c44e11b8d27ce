using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;

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
    public async Task<bool> IsBySectionAsync(string flag) => !flags.Of(flag).IsSet && await _section.GetFeatureDefinitionAsync(flag) is not null;

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
