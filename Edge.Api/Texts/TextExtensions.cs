namespace Switchboard.Edge.Api.Texts;

internal static class TextExtensions
{
    /// <summary>What is kept and counted of texts before they are taken.</summary>
    public static IServiceCollection AddTexts(this IServiceCollection services)
    {
        services.AddOptions<TextLimitOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<RefusedNumbers>()
            .AddSingleton<TextLimit>()
            .AddSingleton<TextMetrics>()
            .AddSingleton<TextRecords>()
            .AddSingleton<OptOuts>();
    }
}
