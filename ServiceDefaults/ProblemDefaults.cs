using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.ServiceDefaults;

internal static class ProblemDefaults
{
    /// <summary>RFC 9457 answers carry the product's own type and the trace's id.</summary>
    public static void AddProblemDefaults(this IServiceCollection services) =>
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            problem.Type = ProblemTypes.OrDefault(problem.Type, problem.Status ?? context.HttpContext.Response.StatusCode);
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
}
