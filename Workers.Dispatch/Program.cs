using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Workers.Dispatch.Channels.Chat;
using Switchboard.Workers.Dispatch.Channels.Push;
using Switchboard.Workers.Dispatch.Channels.Sms;
using Switchboard.Workers.Dispatch.Channels.WhatsApp;
using Switchboard.Workers.Dispatch.Notifications;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.Services.AddLogRedaction();
builder.AddNpgsqlDataSource("switchboard", configureDataSourceBuilder: builder.AddDatabasePool());
builder.AddRedisClient("redis");
builder.AddRabbitMQClient("rabbitmq");

builder.Services.AddProcessReports(ProcessServices.Dispatch);
builder.Services.AddSwitchboardLimits();
builder.Services.AddSecretProtector();
builder.Services.AddWhatsApp();
builder.Services.AddSms();
builder.Services.AddPush();
builder.Services.AddChat();
builder.Services.AddSending();
builder.Services.AddJobScheduler();
builder.Services.AddJobWorker(JobWorker.Dispatch, worker => worker
    .Handle<SendNotification, SendNotificationHandler>(maxBatch: 200, concurrentBatches: 3)
    .Handle<SendVerificationCode, SendVerificationCodeHandler>(maxBatch: 50)
    .Handle<ApplyDeliveryStatuses, ApplyDeliveryStatusesHandler>(maxBatch: 200, concurrentBatches: 1, window: TimeSpan.FromMilliseconds(20)));

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
