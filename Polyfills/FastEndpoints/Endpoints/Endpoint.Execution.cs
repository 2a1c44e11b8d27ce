using System.Runtime.ExceptionServices;
using System.Text.Json;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FastEndpoints;

public abstract partial class Endpoint<TRequest, TResponse>
{
    private TRequest? _request;
    private bool _isPreProcessed;

    internal sealed override void WarmUp()
    {
        _ = Definition.ValidatorInstance;
        if (GetBinder() is RequestBinder<TRequest>)
            _ = RequestBinder<TRequest>.Shape;
    }

    internal sealed override async Task ExecAsync(CancellationToken ct)
    {
        ExceptionDispatchInfo? thrown = null;
        try
        {
            await RunAsync(ct);
        }
        catch (JsonException e) when (Settings.Binding.JsonExceptionTransformer is { } describe)
        {
            // broken while the answer was written: nothing to be made good
            if (ResponseStarted)
                throw;
            ValidationFailures.Add(describe(e));
            await RefuseAsync(e, Settings.Binding.JsonExceptionStatusCode, ct);
        }
        catch (ValidationFailureException e)
        {
            await RefuseAsync(e, e.StatusCode ?? Settings.Errors.StatusCode, ct);
        }
        catch (Exception e)
        {
            thrown = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            await PostProcessAsync(thrown, ct);
            if (thrown is not null && !HttpContext.Items.ContainsKey(ItemKeys.ExceptionHandled))
                thrown.Throw();
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        var req = _request = await BindAsync(ct);
        OnBeforeValidate(req);
        await OnBeforeValidateAsync(req, ct);
        await ValidateAsync(req, ct);
        OnAfterValidate(req);
        await OnAfterValidateAsync(req, ct);
        await PreProcessAsync(ct);
        _isPreProcessed = true;
        if (ResponseStarted)
            return;

        OnBeforeHandle(req);
        await OnBeforeHandleAsync(req, ct);
        if (Definition.SkipHandlerIfResponseStarted && ResponseStarted)
            return;

        if (Definition.ExecuteAsyncImplemented)
        {
            _response = await ExecuteAsync(req, ct);
            if (!Definition.DontAutoSend && Definition.ReturnsResult)
                await Send.ResultAsync((IResult)_response!);
        }
        else
        {
            await HandleAsync(req, ct);
        }

        TakeSentResponse();
        if (!Definition.DontAutoSend && !ResponseStarted)
        {
            await (_response is null
                ? HttpContext.Response.SendNoContentAsync(ct)
                : HttpContext.Response.SendAsync(_response, HttpContext.Response.StatusCode, Definition.SerializerContext, ct));
        }

        OnAfterHandle(req, _response!);
        await OnAfterHandleAsync(req, _response!, ct);
    }

    private ValueTask<TRequest> BindAsync(CancellationToken ct)
    {
        if (Definition.MaxRequestSize is > 0 and var limit
            && HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit;

        var binder = GetBinder();
        var required = binder is RequestBinder<TRequest> ? RequestBinder<TRequest>.Shape.Required : [];
        var context = new BinderContext(HttpContext, ValidationFailures, Definition.SerializerContext, Definition.DontBindFormData, required);
        var binding = binder.BindAsync(context, ct);
        return Settings.Binding.Modifier is { } modify ? ModifyAsync(binding, modify, context, ct) : binding;
    }

    private static async ValueTask<TRequest> ModifyAsync(
        ValueTask<TRequest> binding, Action<object, Type, BinderContext, CancellationToken> modify, BinderContext context, CancellationToken ct)
    {
        var req = await binding;
        modify(req, typeof(TRequest), context, ct);
        return req;
    }

    private IRequestBinder<TRequest> GetBinder()
        => (IRequestBinder<TRequest>)(Definition.Binder ??= ServiceResolver.Instance.Resolve<IRequestBinder<TRequest>>());

    private async ValueTask ValidateAsync(TRequest req, CancellationToken ct)
    {
        if (Definition.ValidatorInstance is not IValidator<TRequest> validator)
            return;

        var result = await validator.ValidateAsync(req, ct);
        foreach (var failure in result.Errors)
            AddError(failure);
        if (ValidationFailed && Definition.ThrowIfValidationFails)
            throw new ValidationFailureException(ValidationFailures, "Request validation failed");
    }

    /// <summary>Answers with the failures, unless a pre-processor has answered.</summary>
    private async Task RefuseAsync(Exception e, int status, CancellationToken ct)
    {
        if (!_isPreProcessed)
            await PreProcessAsync(ct);
        OnValidationFailed();
        await OnValidationFailedAsync(ct);
        if (Definition.DoNotCatchExceptions)
            throw e;
        if (!ResponseStarted)
            await Send.ErrorsAsync(status, ct);
    }

    private async ValueTask PreProcessAsync(CancellationToken ct)
    {
        if (Definition.PreProcessorList.Count == 0)
            return;

        var context = new PreProcessorContext<TRequest>(_request, HttpContext, ValidationFailures);
        foreach (var processor in Definition.PreProcessorList)
        {
            await (processor is IPreProcessor<TRequest> typed ? typed.PreProcessAsync(context, ct) : processor.PreProcessAsync(context, ct));
        }
    }

    private async ValueTask PostProcessAsync(ExceptionDispatchInfo? thrown, CancellationToken ct)
    {
        if (Definition.PostProcessorList.Count == 0)
            return;

        var context = new PostProcessorContext<TRequest, TResponse>(_request, _response, HttpContext, thrown, ValidationFailures);
        foreach (var processor in Definition.PostProcessorList)
        {
            await (processor is IPostProcessor<TRequest, TResponse> typed
                ? typed.PostProcessAsync(context, ct)
                : processor.PostProcessAsync(context, ct));
        }
    }

    /// <summary>What was sent past <see cref="Response"/> is the response too; and other libraries find it in the exchange.</summary>
    private void TakeSentResponse()
    {
        if (!HttpContext.Items.TryGetValue(ItemKeys.Response, out var sent) || sent is not TResponse response)
            HttpContext.Items[ItemKeys.Response] = _response;
        else
            _response ??= response;
    }
}
