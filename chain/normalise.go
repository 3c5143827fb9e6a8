package chain

import "strings"

// Normalise writes a text the way it is compared: half-width, lower case,
// common traditional characters simplified, dashes of ranges as ~, one space
// between words.
func Normalise(s string) string {
	return strings.TrimSpace(string(runes(s, len(s))))
}

// runes normalises at most n characters.
func runes(s string, n int) []rune {
	out := make([]rune, 0, min(len(s), n))
	space := false
	for _, c := range s {
		if len(out) >= n {
			break
		}
		c = plain(c)
		if c == ' ' {
			if !space {
				out = append(out, ' ')
			}
			space = true
			continue
		}
		space = false
		out = append(out, c)
	}
	return out
}

func plain(c rune) rune {
	switch {
	case c >= 'A' && c <= 'Z':
		return c + 32
	case c < 0x80:
		if c <= ' ' {
			return ' '
		}
		return c
	case c == 0x3000 || c == 0xa0:
		return ' '
	case c == '～' || c == '–' || c == '—' || c == '〜' || c == '−':
		return '~'
	case c >= 0xff01 && c <= 0xff5e:
		return plain(c - 0xfee0)
	case c == 'Φ' || c == 'Ø' || c == 'ø' || c == 'ϕ' || c == 'φ':
		return 'φ'
	case c == '×' || c == '✕' || c == '＊':
		return '*'
	}
	if simple := simplified.of(c); simple != 0 {
		return simple
	}
	return c
}

var simplified = pairUp(
	"鋼鋁銅鐵鋅鎂鎳鈦鎢錫鉛銀軸齒輪機電線纜壓閥門設備製機無縫銹鏽鑄鍛螺絲釘彈簧墊圈緊產供應購採廠傢棉紡織繡襪褲鞋帶綢緞絨紙盒瓶塑膠橡護頭開關燈焊切割壓縮風幫車輛輸變電壓器儀錶醫藥劑膠囊針飲料麵粉醬魚雞糧種類體圓長寬厚徑號規萬噸條個隻雙張塊組專業質優現貨發進國際標準環陶瓷磚樑門窗簾單層複合纖維維樹漿顏顯示傳感處滲氧熱軋冷導軌壩擋滾動減",
	"钢铝铜铁锌镁镍钛钨锡铅银轴齿轮机电线缆压阀门设备制机无缝锈锈铸锻螺丝钉弹簧垫圈紧产供应购采厂家棉纺织绣袜裤鞋带绸缎绒纸盒瓶塑胶橡护头开关灯焊切割压缩风帮车辆输变电压器仪表医药剂胶囊针饮料面粉酱鱼鸡粮种类体圆长宽厚径号规万吨条个只双张块组专业质优现货发进国际标准环陶瓷砖梁门窗帘单层复合纤维维树浆颜显示传感处渗氧热轧冷导轨坝挡滚动减")

func pairUp(from, to string) (t runeTable[rune]) {
	a, b := []rune(from), []rune(to)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.set(a[i], b[i])
		}
	}
	return t
}
