namespace Switchboard.Simulator.Faults;

/// <summary><c>/_sim/faults</c>: makes a provider fail.</summary>
internal static class FaultEndpoints
{
    public static IServiceCollection AddFaults(this IServiceCollection services) =>
        services.AddSingleton<FaultList>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, FaultJson.Default));

    public static void UseFaults(this WebApplication app) => app.UseMiddleware<FaultMiddleware>();

    public static void MapFaultControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/faults");
        group.MapPost("", Add);
        group.MapGet("", (FaultList faults) => faults.All.Select(FaultView.Of).ToArray());
        group.MapDelete("", Clear);
    }

    private static IResult Add(FaultRequest request, FaultList faults)
    {
        if (request.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "No fault was set.");
        }

        var fault = request.ToFault(faults.NextId());
        faults.Add(fault);
        return Results.Created("/_sim/faults", FaultView.Of(fault));
    }

    private static IResult Clear(FaultList faults, string? provider = null)
    {
        faults.Clear(provider);
        return Results.NoContent();
    }
}
