using System.Diagnostics;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace Switchboard.Edge.Api.Platform;

internal static class EndpointExtensions
{
    /// <summary>The endpoints of this process, and how their JSON is read.</summary>
    public static IServiceCollection AddEndpoints(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new Times.Converter()));
        services.AddSingleton(typeof(IRequestBinder<>), typeof(OneSourceBinder<>));
        return services.AddFastEndpoints(discovery => discovery.Assemblies = [typeof(Program).Assembly]);
    }

    /// <summary>Maps every endpoint of this process; what is wrong with a request is answered as a problem that names each field.</summary>
    public static void MapEndpoints(this WebApplication app)
    {
        var json = app.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        app.UseFastEndpoints(config =>
        {
            config.Endpoints.ShortNames = true;
            config.Binding.UseDefaultValuesForNullableProps = false;
            config.Binding.FailureMessage = (_, _, value) => $"'{value}' is not a value that it may have.";
            config.Binding.JsonExceptionTransformer = JsonBody.Failure;
            config.Binding.ValueParserFor<DateTimeOffset>(Times.Parse);
            config.Binding.ValueParserFor<DateTimeOffset?>(Times.Parse);
            config.Serializer.RequestDeserializer = (request, type, _, ct) => JsonBody.ReadAsync(request, type, json, ct);
            config.Errors.ProducesMetadataType = typeof(ProblemDetails);
            config.Errors.ResponseBuilder = (failures, context, _) => Invalid(failures, context);
        });
    }

    private static ProblemDetails Invalid(List<ValidationFailure> failures, HttpContext context)
    {
        var details = Problems.InvalidDetails(
            [.. failures.SelectMany(failure => JsonBody.AllErrors(failure, request => Validate(request, context))).Distinct()]);
        details.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        return details;
    }

    private static List<ValidationFailure> Validate(object request, HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<EndpointDefinition>()?.ValidatorType is { } type
            ? ((IValidator)ActivatorUtilities.CreateInstance(context.RequestServices, type))
                .Validate(new FluentValidation.ValidationContext<object>(request)).Errors
            : [];
}

/// <summary>
/// Takes a request from one place alone: its query where its properties are parameters of that, else its body. Left to itself,
/// FastEndpoints takes each field of a body from the query, the route and the headers too, by other rules than those of JSON:
/// <c>?priority=high,low</c> was taken for two flags, and dates at their ends passed.
/// </summary>
internal sealed class OneSourceBinder<TRequest>() : RequestBinder<TRequest>(
    typeof(TRequest).GetProperties().Any(property => property.IsDefined(typeof(QueryParamAttribute), inherit: true))
        ? BindingSource.QueryParams
        : BindingSource.JsonBody)
    where TRequest : notnull;
