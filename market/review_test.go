package market

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReversed(t *testing.T) {
	for title, side := range map[string]Side{"供应 6061 铝棒": Need, "【现货】铝棒": Need, "求购铝棒 20 吨": Supply, "急需轴承": Supply} {
		require.NotEmpty(t, Reversed(&Listing{Side: side, Title: title}), title)
		require.Empty(t, Reversed(&Listing{Side: side.Other(), Title: title}), title)
	}
	require.Empty(t, Reversed(&Listing{Side: Need, Title: "求购铝棒，要求现货"}))
}

func TestHiddenContacts(t *testing.T) {
	for _, text := range []string{
		"联系 13812345678", "电话：１３８１２３４５６７８", "一三八 1234 五六七八", "请拨 138-1234-5678 找王工", "0311-85551234", "微信 wang_gong88", "加V：abc12345",
		"mail a.b@c.cn", "见 https://x.cn/y", "壹叁捌壹贰叁肆伍陆柒捌",
	} {
		require.NotEmpty(t, HiddenContacts(text), text)
	}
	for _, text := range []string{
		"Φ20–150 可零切，牌号 6061-T6", "执行 GB/T 3190-2020，长度 6000 mm", "月产 1200000 件，起订 5000 件", "型号 LQ1-0042", "规格 100×200×300 mm", "有 4 条 SMT 线和一条 DIP 线",
		"HRB400E 12 mm 与 16 mm 各 20 吨",
	} {
		require.Empty(t, HiddenContacts(text), text)
	}
}

func TestAlike(t *testing.T) {
	require.Equal(t, 1.0, Alike("6061-T6 铝棒 Φ40", "6061 T6 铝棒, φ40"))
	require.GreaterOrEqual(t, Alike("求购 6061 铝棒 直径 40 长期", "求购6061铝棒直径40 长期用"), AlikeEnough)
	require.Less(t, Alike("求购 6061 铝棒", "求购 不锈钢法兰"), 0.3)
	require.Zero(t, Alike("", "x"))
}

func TestReviewRule(t *testing.T) {
	for rule, want := range map[ReviewRule][2]bool{ReviewNone: {false, false}, ReviewFirst: {true, false}, ReviewAll: {true, true}, "": {false, false}} {
		require.Equal(t, want, [2]bool{rule.Wants(2), rule.Wants(3)}, rule)
	}
	require.Error(t, Decision{Status: ReviewReturned}.Check("listing"))
	require.Error(t, Decision{Status: ReviewApproved}.Check("enterprise"))
	require.NoError(t, Decision{Status: ReviewApproved}.Check("listing"))
	require.NoError(t, Decision{Status: ReviewApproved, Level: Visited, Basis: "现场走访"}.Check("enterprise"))
}
