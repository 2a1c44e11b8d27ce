using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.ServiceDefaults;

/// <summary>How answers are written: JSON and problems.</summary>
internal static class AnswerDefaults
{
    /// <summary>
    /// camelCase, enums as words (<see cref="WordEnumConverter"/>); nulls are written, so that an answer has the same fields every time.
    /// </summary>
    public static void AddJsonDefaults(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new WordEnumConverter()));

    /// <summary>RFC 9457 answers carry the product's own type and the trace's id.</summary>
    public static void AddProblemDefaults(this IServiceCollection services) =>
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            problem.Type = ProblemTypes.OrDefault(problem.Type, problem.Status ?? context.HttpContext.Response.StatusCode);
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
}
