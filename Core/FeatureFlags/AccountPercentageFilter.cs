using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace Switchboard.Core.FeatureFlags;

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
